"""A person at a browser without JavaScript: fills in forms, presses buttons by what is written on them."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.request
from html import unescape
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit


class Visitor:
    PASSWORD = "correct horse battery staple"

    def __init__(self) -> None:
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.OpenerDirector()
        for handler in (urllib.request.HTTPHandler(), urllib.request.HTTPCookieProcessor(self._cookies)):
            self._browser.add_handler(handler)

    def sign_in(self, page: str, email: str) -> str:
        return left(self._fill(self.open(page), "Sign in", email, self.PASSWORD))

    def sign_up(self, page: str, email: str) -> str:
        form = self._visit(self._link(self.open(page), "Create an account"))
        return left(self._fill(form, "Create account", email, "a new password"))

    def continue_as_before(self, page: str) -> str:
        return left(self._press(self.open(page), "Continue", {}))

    def cancel(self, page: str) -> str:
        return self._link(self.open(page), "Cancel")

    def leave(self, url: str) -> str:
        """Where a navigation leads that leaves the origin."""
        return left(self._visit(url))

    def open(self, url: str) -> Page:
        place = self._visit(url)
        assert isinstance(place, Page), "the origin was left"
        return place

    def _fill(self, page: Page | str, label: str, email: str, password: str) -> Page | str:
        assert isinstance(page, Page), "the origin was left"
        return self._press(page, label, {"email": email, "password": password})

    def _press(self, page: Page, label: str, values: dict[str, str]) -> Page | str:
        forms = re.findall(r"<form[^>]*>.*?</form>", page.html, re.DOTALL)
        form = next(form for form in forms if f">{label}</button>" in form)
        buttons = re.findall(rf"<button[^>]*>{label}</button>", form)
        hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', form)
        fields = {attribute(tag, "name"): attribute(tag, "value") or "" for tag in hidden + buttons}
        fields.pop(None, None)
        action = urljoin(page.at, attribute(form.partition(">")[0], "action") or "")
        return self._visit(action, urlencode({**fields, **values}).encode())

    def _link(self, page: Page, label: str) -> str:
        tag = re.search(rf"<a [^>]*>{label}</a>", page.html)
        assert tag, f"no “{label}” on: {page.text}"
        return urljoin(page.at, attribute(tag.group(), "href") or "")

    def _visit(self, url: str, form: bytes | None = None) -> Page | str:
        """A page, or the URL outside its origin."""
        for _ in range(10):
            with self._browser.open(urllib.request.Request(url, form)) as answer:
                text, headers = answer.read().decode(), answer.headers
            if "Clear-Site-Data" in headers:
                self._cookies.clear()
            location = headers["Location"]
            if location is None:
                return Page(url, text)
            if urlsplit(urljoin(url, location)).netloc != urlsplit(url).netloc:
                return location
            url, form = urljoin(url, location), None
        raise AssertionError("redirects without end")


class Page:
    def __init__(self, at: str, html: str) -> None:
        self.at, self.html = at, html

    @property
    def text(self) -> str:
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.html)).split())


def left(place: Page | str) -> str:
    assert isinstance(place, str), f"not the expected page: {place.text}"
    return place


def attribute(tag: str, name: str) -> str | None:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else None


def state_of(page: str) -> str:
    return parse_qs(urlsplit(page).query)["state"][0]
