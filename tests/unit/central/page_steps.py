"""What a person does on a page in Chromium: wait for a part, press it, read it."""

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

_WAIT_S, _POLL_S = 15, 0.1


def wait_for(page: webdriver.Chrome, selector: str) -> WebElement:
    """The first element of this selector, once there is one."""
    wait = WebDriverWait(page, _WAIT_S, poll_frequency=_POLL_S)
    elements: list[WebElement] = wait.until(lambda each: each.find_elements(By.CSS_SELECTOR, selector))
    return elements[0]


def press(page: webdriver.Chrome, selector: str) -> None:
    """Press what sends the form or leads away, and wait until this page is gone."""
    element = wait_for(page, selector)
    element.click()
    WebDriverWait(page, _WAIT_S, poll_frequency=_POLL_S).until(lambda _: _is_gone(element))


def _is_gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except StaleElementReferenceException:
        return True
    except WebDriverException as error:
        # On a page without scripts ChromeDriver has no name for it.
        return "does not belong to the document" in str(error)
    return False


def text_of(page: webdriver.Chrome, selector: str) -> str:
    """The text of an element, once it has some."""
    wait = WebDriverWait(page, _WAIT_S, poll_frequency=_POLL_S, ignored_exceptions=[StaleElementReferenceException])
    text: str = wait.until(lambda each: each.find_element(By.CSS_SELECTOR, selector).text)
    return text
