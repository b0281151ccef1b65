"""/security/log through its Chalice app, with whole API Gateway events."""

from pathlib import Path

import pytest

from functions.security_log import handler
from tests.fakes.http import Api
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import accounts_scene


@pytest.mark.parametrize("path", event_files("security_log"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"], reply.text
    assert (reply.json or {}).get("code") == expected.get("code")


def test_the_log_reads_newest_first_in_ones_own_language_page_by_page() -> None:
    with accounts_scene() as scene:
        api = Api(scene.services, {"security_log": handler.ROUTES})
        scene.register()
        scene.enter(ip="198.51.100.77", user_agent="old phone")
        scene.clock.advance(hours=1)
        token = scene.enter(ip="2001:db8:7:8::9", user_agent="laptop").token

        first = api.get("/security/log", token=token, query={"limit": "2"}, headers={"Accept-Language": "en"})
        rest = api.get("/security/log", token=token, query={"cursor": first.json["cursor"]})

        newest = first.json["items"][0]
        lines = [*first.json["items"], *rest.json["items"]]
        assert {line["kind"] for line in first.json["items"]} == {"sign_in:succeeded", "sign_in:new_device"}
        assert newest["network"] == "2001:db8:7::/48"
        assert newest["device"] == "laptop"
        assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)
        assert "Signed in" in {line["title"] for line in first.json["items"]}
        assert "Inicio de sesión" in {line["title"] for line in rest.json["items"]}
        assert "198.51.100.77" not in first.text + rest.text


def test_nobody_reads_somebody_elses_log() -> None:
    with accounts_scene() as scene:
        api = Api(scene.services, {"security_log": handler.ROUTES})
        scene.register()
        scene.register("marco@example.com")
        scene.enter(user_agent="Lucía's phone")

        reply = api.get("/security/log", token=scene.token("marco@example.com"))

        assert reply.status == 200
        assert "phone" not in reply.text
