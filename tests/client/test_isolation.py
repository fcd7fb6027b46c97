"""The client alone: it needs httpx and pydantic, and no other room of the house."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "talon_client"

# Run isolated, with the client's folder and what is installed; other rooms and their libraries are refused.
PROGRAM = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in REFUSED:
            raise ImportError(f"the client may not import {name}")

REFUSED = {
    "desk", "talon_sandbox", "pages", "app", "streamlit", "pandas", "numpy", "plotly", "sqlalchemy", "alembic",
    "starlette", "uvicorn", "pyarrow", "babel", "psycopg", "tests",
}
sys.meta_path.insert(0, Refuse())
sys.path.insert(0, sys.argv[1])
import talon_client
print("httpx" in sys.modules, "asyncio" in sys.modules)
def rooms():
    return sorted(name for name in sys.modules if name.startswith("talon_client.models."))
print(*rooms())
import httpx

def answer(request):
    return httpx.Response(200, json={"data": [{"id": 1, "amount": 2.5}], "hasMore": False})

with talon_client.TalonClient(
    "http://localhost:1", "key", http=httpx.Client(transport=httpx.MockTransport(answer))
) as client:
    call = talon_client.calls.get_loyalty_program_profile_transactions(1, "p")
    print("asyncio" in sys.modules)
    print(client.send(call).data[0].amount, len(list(client.iterate(call))), client.describe(call).method)
    print(*rooms())

async def ask():
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    async with talon_client.AsyncTalonClient("http://localhost:1", "key", http=http) as client:
        print((await client.send(call)).data[0].amount, len([row async for row in client.iterate(call)]))

import asyncio
asyncio.run(ask())
loaded = {name.partition(".")[0] for name in sys.modules}
print(sorted(loaded & REFUSED))
"""


def test_it_works_where_nothing_else_may_be_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", PROGRAM, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "False False",
        "talon_client.models.base",  # models are made when an answer needs them
        "False",
        "2.5 1 GET",
        "talon_client.models.base talon_client.models.cards talon_client.models.loyalty",
        "2.5 1",
        "[]",
    ]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their module in full"
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


def test_it_imports_httpx_in_its_transports_and_pydantic() -> None:
    by_file = {path.relative_to(CLIENT).as_posix(): imported(path) for path in CLIENT.rglob("*.py")}
    everything = set().union(*by_file.values())
    assert everything - sys.stdlib_module_names == {"talon_client", "httpx", "pydantic"}
    speakers = {name for name, names in by_file.items() if "httpx" in names}
    # The clients name the type of an httpx client of one's own, for the type checker only.
    assert speakers == {"client.py", "async_client.py", "transport.py", "async_transport.py"}
