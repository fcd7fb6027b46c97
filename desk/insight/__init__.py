"""The thinking: pure functions and investigations. No Streamlit, no I/O."""
