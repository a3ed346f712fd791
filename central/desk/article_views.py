"""The pages with articles for officers: a list with a search, one article with its versions, and its editor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from central.cases import clock
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.desk.article_forms import ARTICLE_TOPICS, ArticleForm, initial_values
from central.desk.article_rows import CURRENCIES, article_row, topic_names
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.knowledge import commands
from central.knowledge.finding import find_articles
from central.knowledge.models import Article, ArticleVersion
from central.knowledge.reading import Currency, articles_to_review, currency_of, may_read_articles, readable_articles
from central.knowledge.standard_articles import add_standard_articles, lacking_articles
from central.people.permission import has_permission, load_memberships, memberships_allowing, permitted_centres
from central.people.roles import Action, Scope
from central.plain_text import without_controls
from central.search.questions import MAX_QUESTION_CHARS
from central.submission_labels import TOPIC
from thai import dates

_ON_A_PAGE = 50
_MAX_CENTRES = 200  # in the choice of a form
_MAX_ID = 2**31 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def article_list(request: HttpRequest) -> HttpResponse:
    """The articles that the officer may read. `topic` and `review` filter. POST `words` searches: what was typed is in
    no address."""
    officer, language, today = signed_in_officer(request), page_language(request), clock.today()
    load_memberships(officer)  # a search is a POST that changes nothing; each article asks for a permission
    if not may_read_articles(officer):
        raise PermissionDenied
    topic, for_review = request.GET.get("topic", ""), request.GET.get("review") == "1"
    articles = readable_articles(officer).order_by("-newest")
    if for_review:
        articles = articles.filter(pk__in=articles_to_review(officer, today).values("pk"))
    shown = {version.pk: article for article in articles if (version := _shown_version(officer, article))}
    versions = [_shown_version(officer, article) for article in shown.values()]
    matching = [version for version in versions if version and (not topic or topic in version.topics)]
    words = " ".join(without_controls(request.POST.get("words", "")).split())[:MAX_QUESTION_CHARS]
    if words:
        matching = find_articles(matching, words)
    page = Paginator(matching, _ON_A_PAGE).get_page(request.GET.get("page", "1")[:9])
    known_topic = topic if topic in {each.value for each in ARTICLE_TOPICS} else ""
    context = {
        "rows": [article_row(shown[version.pk], version, today, language) for version in page.object_list],
        "page": page,
        "query": f"&topic={known_topic}" if known_topic else "",
        "words": words,
        "topic": topic,
        "for_review": for_review,
        "topics": [(each.value, TOPIC[each].in_language(language)) for each in ARTICLE_TOPICS],
        "may_write": permitted_centres(officer, Action.WRITE_ARTICLES).exists(),
        "review_count": articles_to_review(officer, today).count(),
        "offers": [
            {"slug": centre.slug, "name": centre.name_in(language)}
            for centre in lacking_articles(_offered_centres(officer).values())
        ],
    }
    return render_page(request, "desk/articles.html", context)


@require_POST
@desk_page
def add_first_articles(request: HttpRequest) -> HttpResponse:
    """POST `centre`: add the first set to a centre of the officer. Raises Http404."""
    officer = signed_in_officer(request)
    centre = _offered_centres(officer).get(request.POST.get("centre", ""))
    if centre is None:
        raise Http404
    add_standard_articles(centre, officer)
    return redirect("desk:articles")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def add_article(request: HttpRequest) -> HttpResponse:
    """A new draft. POST an ArticleForm to save it."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = _writable_centres(officer)
    if not centres:
        raise PermissionDenied
    if request.method != "POST":
        form = ArticleForm(language, centres, initial={"reviewed_on": clock.today()})
        return _show_editor(request, None, form)
    form = ArticleForm(language, centres, request.POST)
    if not form.is_valid():
        return _show_editor(request, None, form, form.first_error)
    try:
        article = commands.create_article(officer, centres[form.cleaned_data["centre"]], form.content)
    except NotAllowedError as refusal:
        return _show_editor(request, None, form, refusal.sentence.in_language(language))
    return redirect("desk:article", article.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def article_page(request: HttpRequest, article_id: int) -> HttpResponse:
    """One article; `version` shows an earlier one to those who may write it. POST `step`: 'publish', 'withdraw',
    'review', 'delete'. Raises Http404."""
    officer, language = signed_in_officer(request), page_language(request)
    article = _readable(officer, article_id)
    if request.method != "POST":
        return _show_article(request, article)
    step, seen = request.POST.get("step", ""), _number(request.POST.get("seen", ""))
    try:
        if step == "publish":
            commands.publish(officer, article, seen)
        elif step == "withdraw":
            commands.withdraw(officer, article)
        elif step == "review":
            commands.confirm_review(officer, article, seen, clock.today())
        elif step == "delete":
            commands.delete_article(officer, article)
            return redirect("desk:articles")
        else:
            raise Http404
    except NotAllowedError as refusal:
        return _show_article(request, _readable(officer, article_id), refusal.sentence.in_language(language))
    return redirect("desk:article", article.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_article(request: HttpRequest, article_id: int) -> HttpResponse:
    """The editor of an article; `version` begins with the text of an earlier version. Raises Http404."""
    officer, language = signed_in_officer(request), page_language(request)
    article = _readable(officer, article_id)
    if not has_permission(officer, Action.WRITE_ARTICLES, article.centre):
        raise Http404
    own = {article.centre.slug: article.centre}
    if request.method != "POST":
        start = _version_of(article, request.GET.get("version", "")) or article.newest
        initial = (initial_values(start) if start else {}) | {"centre": article.centre.slug}
        return _show_editor(request, article, ArticleForm(language, own, initial=initial))
    form = ArticleForm(language, own, request.POST)
    if not form.is_valid():
        return _show_editor(request, article, form, form.first_error)
    try:
        commands.change_article(officer, article, _number(request.POST.get("seen", "")), form.content)
    except NotAllowedError as refusal:
        return _show_editor(request, article, form, refusal.sentence.in_language(language))
    return redirect("desk:article", article.pk)


def _show_article(request: HttpRequest, article: Article, error: str = "") -> HttpResponse:
    officer, language, today = signed_in_officer(request), page_language(request), clock.today()
    may_write = has_permission(officer, Action.WRITE_ARTICLES, article.centre)
    earlier = _version_of(article, request.GET.get("version", "")) if may_write else None
    version = earlier or _shown_version(officer, article)
    if version is None or article.newest is None:
        raise Http404
    currency = currency_of(version, today)
    context: dict[str, Any] = {
        "article": article,
        "version": version,
        "is_earlier": version.pk != article.newest_id,
        "is_read_version": version.pk == article.published_id,
        "topics": topic_names(version, language),
        "contacts": version.contacts.splitlines(),
        "valid_until": dates.long_date(version.valid_until, language) if version.valid_until else "",
        "reviewed": dates.long_date(version.reviewed_on, language),
        "warning": "" if currency is Currency.CURRENT else CURRENCIES[currency].in_language(language),
        "may_write": may_write,
        "may_publish": has_permission(officer, Action.PUBLISH_ARTICLES, article.centre),
        "error": error,
        "versions": _versions(article, language) if may_write else [],
    }
    return render_page(request, "desk/article.html", context, status=409 if error else 200)


def _versions(article: Article, language: str) -> list[dict[str, Any]]:
    return [
        {
            "number": version.number,
            "title": version.title,
            "by": version.saved_by.display_name,
            "at": dates.short_datetime(timezone.localtime(version.saved_at), language),
            "is_published": version.pk == article.published_id,
        }
        for version in article.versions.select_related("saved_by").order_by("-number")
    ]


def _show_editor(request: HttpRequest, article: Article | None, form: ArticleForm, error: str = "") -> HttpResponse:
    context = {"article": article, "form": form, "error": error}
    return render_page(request, "desk/article_editor.html", context, status=409 if error else 200)


def _shown_version(officer: Officer, article: Article) -> ArticleVersion | None:
    """The newest version for who may write the article, the published one for others."""
    may_write = has_permission(officer, Action.WRITE_ARTICLES, article.centre)
    return article.newest if may_write else article.published


def _version_of(article: Article, number: str) -> ArticleVersion | None:
    if not number.isascii() or not number.isdecimal():
        return None
    return article.versions.filter(number=_number(number)).first()


def _readable(officer: Officer, article_id: int) -> Article:
    article = readable_articles(officer).filter(pk=min(article_id, _MAX_ID)).first()
    if article is None:
        raise Http404
    return article


def _offered_centres(officer: Officer) -> dict[str, Centre]:
    """The centres of the memberships that allow publishing, by slug."""
    memberships = memberships_allowing(officer, Action.PUBLISH_ARTICLES, Scope.CENTRE).select_related("centre")
    return {row.centre.slug: row.centre for row in memberships}


def _writable_centres(officer: Officer) -> dict[str, Centre]:
    centres = permitted_centres(officer, Action.WRITE_ARTICLES).filter(is_active=True).order_by("path")
    return {centre.slug: centre for centre in centres[:_MAX_CENTRES]}


def _number(text: str) -> int:
    return int(text[:9]) if text.isascii() and text.isdecimal() else -1
