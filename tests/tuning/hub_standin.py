"""A model hub on this machine, as much of it as a push asks for: makes repositories, takes small and large files."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from loopback import Loopback

TOKEN = "hf_kenaritoken0123456789"


class Hub(Loopback):
    """`repositories`: files by repository; `private`: whether it was made so. A wrong token is refused."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.private: dict[str, bool] = {}
        self._large: dict[str, bytes] = {}
        super().__init__()

    def reply(self, method: str, path: str, raw: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        if path.startswith("/large/"):
            self._large[path.removeprefix("/large/")] = raw
            return 200, {}
        if path == "/api/validate-yaml":  # of a model card's head
            return 200, {"errors": [], "warnings": []}
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"error": "Invalid username or password."}
        if path == "/api/repos/create":
            asked = json.loads(raw)
            name = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
            self.repositories.setdefault(name, {})
            self.private.setdefault(name, asked.get("visibility") == "private" or bool(asked.get("private")))
            return 200, {"url": f"{self.address}/{name}", "name": name}
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/preupload/main", path):
            listed = json.loads(raw)["files"]
            modes = [{"path": f["path"], "uploadMode": "lfs" if f["path"].endswith(("safetensors", "gguf")) else "regular",
                      "shouldIgnore": False} for f in listed]  # fmt: skip
            return 200, {"files": modes}
        if path.endswith(".git/info/lfs/objects/batch"):
            objects = [
                {"oid": o["oid"], "size": o["size"], "actions": {"upload": {"href": f"{self.address}/large/{o['oid']}"}}}
                for o in json.loads(raw)["objects"]
            ]  # fmt: skip
            return 200, {"transfer": "basic", "objects": objects}
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/commit/main", path):
            return self._commit(found[1], [json.loads(line) for line in raw.splitlines() if line])
        if found := re.match(r"/api/models/([^/]+/[^/]+)", path):
            return 200, {"id": found[1], "sha": "b" * 40, "siblings": [], "private": True}
        return 404, {"error": path}

    def _commit(self, name: str, lines: list[dict[str, Any]]) -> tuple[int, Any]:
        files = self.repositories[name]
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self._large[value["oid"]]
        return 200, {
            "commitUrl": f"{self.address}/{name}/commit/b",
            "commitOid": "b" * 40,
            "pullRequestUrl": None,
        }
