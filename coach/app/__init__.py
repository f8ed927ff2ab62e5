"""The app: the only folder that imports Streamlit, plotly and pandas."""
