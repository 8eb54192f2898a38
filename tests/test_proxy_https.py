"""Who speaks https, and who asks: the chains of docs/deploy.md with real nginx and gunicorn."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from gunicorn_server import Server, free_port, gunicorn_server
from nginx_server import SETTINGS, Nginx, nginx_server, run_nginx
from tiny_models import shared_results
from visitor import Answer, asked

from dashboard.access.login import ATTEMPTS_PER_MINUTE
from dashboard.access.users import hashed_password
from pipeline.config import REPOSITORY

pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="no nginx, or no openssl for a certificate, on this machine's PATH",
)
TEXT = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
IN_FRONT = re.search(r"in nginx: `([^`]+)`", TEXT)
LEAD_TO_TLS = re.search(r"without TLS there: `(server [^`]+)`", TEXT)
PASSWORD = "a long password"
PRIVATE = {"GENRELENS_USERS": f"ada={hashed_password(PASSWORD)}"}
FRONT = """
pid /tmp/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path /tmp/client;
    proxy_temp_path /tmp/proxy;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate}/fullchain.pem;
        ssl_certificate_key {certificate}/privkey.pem;
        location / {{
            proxy_pass {behind};
            {settings}
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Chain:
    """What a visitor reaches, and the variable that the service behind it was given."""

    address: str
    proxies: str


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a certificate that this machine made for itself."""
    folder = tmp_path_factory.mktemp("certificate")
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=a"]
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run(["openssl", *words, *files], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def behind_one() -> Iterator[Server]:
    with gunicorn_server(
        shared_results(), environment={**PRIVATE, "GENRELENS_PROXIES": "1"}
    ) as running:
        yield running


@pytest.fixture(scope="module")
def behind_two() -> Iterator[Server]:
    (override,) = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
    said = yaml.safe_load(override)["services"]["web"]["environment"]["GENRELENS_PROXIES"]
    with gunicorn_server(
        shared_results(), environment={**PRIVATE, "GENRELENS_PROXIES": said}
    ) as running:
        yield running


@pytest.fixture
def plain_port() -> int:
    return free_port()


@pytest.fixture
def one_host(behind_one: Server, certificate: Path, plain_port: int) -> Iterator[Nginx]:
    """Run nginx as an operator makes it who follows "One host" to the letter."""
    (lines,) = re.findall(r"```nginx\n(.*?)```", TEXT, flags=re.DOTALL)
    port = free_port()
    lines = lines.replace("listen 443", f"listen 127.0.0.1:{port}")
    lines = lines.replace("http://127.0.0.1:8050", behind_one.address)
    lines = lines.replace("/etc/letsencrypt/live/NAME", str(certificate)).replace("NAME", "a")
    text = re.sub(r"\n +(resolver|set) [^\n]+", "", SETTINGS.read_text(encoding="utf-8"))
    assert LEAD_TO_TLS is not None
    plain = LEAD_TO_TLS[1].replace("80", f"127.0.0.1:{plain_port}").replace("NAME", "a")
    text = text.rstrip().removesuffix("}") + f"{plain}\n}}"
    with run_nginx(text.replace("listen 8080;", lines), port, "https") as running:
        yield running


@pytest.fixture
def two_proxies(behind_two: Server, certificate: Path) -> Iterator[Nginx]:
    """Run a proxy that speaks TLS before the repository's, with the settings that are named."""
    assert IN_FRONT is not None
    port = free_port()
    with nginx_server(behind_two.address) as behind:
        text = FRONT.format(
            port=port, certificate=certificate, behind=behind.address, settings=IN_FRONT[1]
        )
        with run_nginx(text, port, "https") as running:
            yield running


def sign_in(address: str, password: str, visitor: str = "") -> Answer:
    """Send the form of the sign-in page."""
    page = asked(f"{address}/login")
    (token,) = re.findall(r'name="token" value="([^"]+)"', page.text)
    headers = {
        "Cookie": page.headers["Set-Cookie"].split(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": address,  # as browsers say it; pages of other sites are refused
        **({"X-Forwarded-For": visitor} if visitor else {}),
    }
    form = f"token={quote(token)}&name=ada&password={quote(password)}"
    return asked(f"{address}/login", method="POST", headers=headers, body=form.encode())


@pytest.mark.parametrize("chain", ["one_host", "two_proxies"])
def test_cookies_stay_with_https_and_browsers_are_told_to(
    chain: str, request: pytest.FixtureRequest
) -> None:
    proxy: Nginx = request.getfixturevalue(chain)
    answer = sign_in(proxy.address, PASSWORD)
    assert answer.status == 303
    assert "; Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    denied = asked(f"{proxy.address}/login", headers={"X-Forwarded-Proto": "http"})
    assert "; Secure" in denied.headers["Set-Cookie"], "nobody can deny https for himself"


@pytest.mark.usefixtures("one_host")
def test_who_comes_without_https_is_led_to_it(plain_port: int) -> None:
    answer = asked(f"http://127.0.0.1:{plain_port}/predict?a=1")
    assert answer.status == 301
    assert answer.headers["Location"] == "https://127.0.0.1/predict?a=1"


def test_plain_http_is_not_taken_for_https(behind_one: Server) -> None:
    with nginx_server(behind_one.address) as proxy:
        answer = asked(f"{proxy.address}/login")
    assert answer.status == 200
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers


def test_names_of_visitors_that_the_proxy_in_front_gives_are_counted_apart(
    behind_two: Server,
) -> None:
    """The test is the proxy in front: what it appends is believed, what stands before is not."""
    with nginx_server(behind_two.address) as proxy:
        for number in range(ATTEMPTS_PER_MINUTE):
            assert sign_in(proxy.address, "wrong", f"192.0.2.{number}, 198.51.100.1").status == 401
        assert sign_in(proxy.address, "wrong", "192.0.2.99, 198.51.100.1").status == 429
        assert sign_in(proxy.address, "wrong", "192.0.2.99, 198.51.100.2").status == 401


def test_visitors_of_one_proxy_cannot_invent_addresses(one_host: Nginx) -> None:
    statuses = [
        sign_in(one_host.address, "wrong", f"192.0.2.{number}").status
        for number in range(ATTEMPTS_PER_MINUTE + 1)
    ]
    assert statuses[-1] == 429


def test_settings_are_taken_where_standard_error_is_a_socket(tmp_path: Path) -> None:
    """As below systemd, whose journal cannot be opened by a path such as /dev/stderr."""
    text = SETTINGS.read_text(encoding="utf-8").replace("/tmp/", f"{tmp_path}/")
    settings = tmp_path / "nginx.conf"
    settings.write_text(re.sub(r"include \S+mime.types;", "", text))
    ours, journal = socket.socketpair()
    with ours, journal:
        tried = subprocess.run(
            ["nginx", "-t", "-q", "-p", tmp_path, "-c", settings], stderr=journal, check=False
        )
        ours.setblocking(False)
        assert tried.returncode == 0, ours.recv(65_536)
