"""The desk's front door: settings, the choice of Application and role, navigation, and the Find box."""

import os
import uuid

import streamlit as st

from desk.applications import Application, Program
from desk.guard import DatabaseError, Guard, open_database, open_key
from desk.lookup import Connections, Reader
from desk.settings import Mode, SettingsError, embedded_application, load_settings, refuse_address
from desk.ui import charts, faults, finding, replies, shell, signing, theme
from desk.ui.current import Process, enter
from desk.ui.place import here
from desk.ui.strip import Example
from talon_client import ConfigError
from talon_sandbox import Sandbox


@st.cache_resource(show_spinner="Starting the desk", on_release=lambda process: process.close())
def start() -> Process:
    """Reads the settings once for the life of the process, and starts the demo shop if nothing is configured."""
    faults.keep_texts_out_of_the_log()
    settings = load_settings(_secrets(), os.environ)
    texts = replies.load(settings.replies)
    refusal = refuse_address(st.get_option("server.address"), settings)
    if refusal:
        raise SettingsError(refusal)
    sandbox = Sandbox().start() if settings.mode is Mode.EMBEDDED else None
    if sandbox:
        settings = settings.embed(_demo(sandbox))
    applications = {each.name: each for each in settings.applications}
    connections = Connections(applications)
    for name in applications:
        connections.client(name)  # an unusable key or URL is said now, not in the middle of a call
    database = open_database(settings, os.environ)
    key = open_key(database, os.environ)
    guard = Guard(
        database,
        key,
        applications,
        lambda each: connections.client(each.name),
        policy=settings.policy,
        sign_in_required=settings.auth,
    )
    guard.sweep()
    if settings.policy.keep_details is not None:
        guard.forget_details(guard.now() - settings.policy.keep_details)
    first = {each["kind"]: each for each in reversed(sandbox.scenarios())} if sandbox else {}
    kinds = [kind for kind in ("profile", "session", "coupon", "card") if kind in first]
    examples = tuple(Example(str(first[kind]["id"]), str(first[kind]["story"])) for kind in kinds)
    endings = (database.close, *((sandbox.close,) if sandbox else ()))
    return Process(settings, Reader(connections), guard, examples, endings, texts)


def _demo(sandbox: Sandbox) -> Application:
    programs = tuple(
        Program(
            id=each.id,
            name=each.title,
            kind="card" if each.card_based else "profile",
            time_zone=each.zone.key,
            return_policy=each.return_policy,
        )
        for each in sandbox.change(lambda world: tuple(world.catalog.programs.values()))
    )
    return embedded_application(sandbox.url, sandbox.api_key, world=uuid.uuid4().hex, programs=programs)


def _secrets() -> dict[str, object]:
    try:
        return dict(st.secrets.to_dict())
    except FileNotFoundError:
        return {}


def pages() -> list[st.Page]:
    """Every page of the desk. Files are nested, or a deep link into a fresh process would bypass this one."""
    return [
        st.Page(finding.FIND, title="Find", default=True),
        *(st.Page(tab.page, title=tab.label, url_path=tab.path) for tab in shell.TABS),
        st.Page("pages/thing/session.py", title="Session", url_path="session"),
        st.Page("pages/thing/missing.py", title="Missing points", url_path="missing"),
        st.Page("pages/thing/coupon.py", title="Coupon", url_path="coupon"),
        st.Page("pages/thing/card.py", title="Card", url_path="card"),
        st.Page("pages/change/receipt.py", title="Receipt", url_path="receipt"),
        st.Page("pages/change/recent.py", title="Changes", url_path="changes"),
        st.Page("pages/change/waiting.py", title="Waiting", url_path="waiting"),
        st.Page("pages/change/audit.py", title="Audit trail", url_path="audit"),
    ]


def main() -> None:
    """One run: the frame, then the page."""
    st.set_page_config(page_title="Talon Desk", page_icon=shell.ICON, layout="wide")
    theme.apply()
    page = st.navigation(pages(), position="hidden")
    try:
        process = start()
    except (SettingsError, DatabaseError, ConfigError, replies.TemplateError) as error:
        shell.cannot_start(str(error))
        return
    application = shell.chosen_application(process.settings.applications, here().application)
    actor = signing.person(process, application)
    if actor is None:
        return
    desk = enter(process, actor, application)
    asked = shell.header(desk)
    if asked:
        finding.sent(desk, asked)
    shell.tabs(desk, page.url_path)
    try:
        page.run()
    except Exception as error:  # whatever is broken here, the frame and what was typed stay
        shell.broken(error)
    charts.warm_up()


main()
