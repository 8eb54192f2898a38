"""What a page's layout says, as the browser gets it."""

from dash import Dash


def rendered(app: Dash, address: str) -> str:
    """Return the JSON of a page's layout as the browser gets it."""
    path, _, search = address.partition("?")
    client = app.server.test_client()
    client.get("/_dash-dependencies")  # Dash sets its router up at the first request
    content, store = ("_pages_content", "children"), ("_pages_store", "data")
    location = {"pathname": path, "search": f"?{search}" if search else ""}
    body = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [{"id": name, "property": prop} for name, prop in (content, store)],
        "inputs": [
            {"id": "_pages_location", "property": prop, "value": value}
            for prop, value in location.items()
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)
