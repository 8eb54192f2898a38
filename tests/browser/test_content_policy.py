"""The content policy in a real browser: what is injected does not run, what is ours does."""

import pytest
from visit import Visit

from dashboard.pages import PAGES

WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation",
  event => window.refused.push(event.effectiveDirective));
"""
INJECTIONS = {
    "an inline script": """() => {
      const script = document.createElement("script");
      script.textContent = "window.intruder = true";
      document.body.append(script);
    }""",
    "an inline handler": """() => {
      const box = document.createElement("div");
      box.innerHTML = '<img src="data:image/png,no" onerror="window.intruder = true">';
      document.body.append(box);
    }""",
    "a script in an address": """() => {
      const link = document.createElement("a");
      link.href = "javascript:void(window.intruder = true)";
      document.body.append(link);
      link.click();
    }""",
    "text that is run": """() => {
      const script = document.createElement("script");
      script.src = URL.createObjectURL(new Blob(["window.intruder = true"]));
      document.body.append(script);
    }""",
    "a script of another host": """() => {
      const script = document.createElement("script");
      script.src = "http://intruder.invalid/script.js";
      document.body.append(script);
    }""",
}


@pytest.mark.parametrize("injection", INJECTIONS.values(), ids=list(INJECTIONS))
def test_injected_script_does_not_run(injection: str, visit: Visit) -> None:
    visit.page.add_init_script(WATCH)
    visit.open("/help")
    visit.page.evaluate(injection)
    visit.page.wait_for_function("() => window.refused.length > 0")
    assert visit.page.evaluate("window.refused")[0].startswith("script-src")
    assert visit.page.evaluate("window.intruder") is None
    visit.take_problem("Content Security Policy")
    provoked = ("data:image", "intruder.invalid", "(csp)")  # of those that ask for something
    visit.problems = [p for p in visit.problems if not any(part in p for part in provoked)]


def test_text_is_not_made_into_code(visit: Visit) -> None:
    visit.page.add_init_script(WATCH)
    visit.open("/help")
    assert visit.page.evaluate(
        "() => { setTimeout('window.intruder = true', 0); "
        "return new Promise(done => setTimeout(() => done(window.intruder || 'no'), 50)); }"
    ) == "no"  # fmt: skip
    visit.take_problem("Content Security Policy|unsafe-eval")


def test_no_page_breaks_the_policy(visit: Visit) -> None:
    visit.page.add_init_script(WATCH)
    for page in PAGES:
        visit.open(page.PATH)
        assert visit.page.evaluate("window.refused") == [], page.PATH
