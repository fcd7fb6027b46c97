"""Streamlit and Plotly building blocks of the desk: how things look and read. No API calls are made here."""
