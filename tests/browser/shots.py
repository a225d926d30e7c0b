"""Pictures of every page at both widths, for people to look at: python -m tests.browser.shots FOLDER"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import site as product


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept, product.serve(Path(kept)) as url, sync_playwright() as playwright:
        browser = product.launch(playwright)
        for side, (paths, cookies) in {"": product.walk(browser, url), "staff-": product.walk_staff(browser, url)}.items():
            for width in product.WIDTHS:
                context = browser.new_context(viewport={"width": width, "height": 844}, storage_state=cookies)  # type: ignore[arg-type]
                page = context.new_page()
                for name, path in paths.items():
                    page.goto(url + path)
                    page.screenshot(path=folder / f"{side}{name}-{width}.png", full_page=True)
                context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
