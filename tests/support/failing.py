"""Streamlit with a desk that breaks while it shows a customer, at an error that quotes all that must stay inside:
`python -m tests.support.failing run app.py` instead of `streamlit`."""

from collections.abc import Mapping

import streamlit as st
from streamlit.web import cli

import desk.ui.reveal
from desk.guard import Target
from desk.ui.current import Desk


def broken(desk: Desk, target: Target, values: Mapping[str, object]) -> None:
    """In place of `desk.ui.reveal.fields`: breaks at once, in a fragment, or in a callback, as the URL says."""
    client = desk.lookup.client(desk.application.name)
    key = desk.application.api_key.get_secret_value()

    def fail() -> None:
        assert client
        raise ValueError(f"could not convert {dict(values)} of {target} with {key}")

    where = st.query_params.get("tab")
    if where == "fragment":
        st.fragment(fail)()
    elif where == "callback":
        st.button("Break it", on_click=fail)
    else:
        fail()


if __name__ == "__main__":
    desk.ui.reveal.fields = broken
    cli.main(prog_name="streamlit")
