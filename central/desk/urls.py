"""The addresses of the desk, below /desk/."""

from django.urls import path

from central.desk import (
    account_views,
    alarm_views,
    case_views,
    centre_file_views,
    centre_views,
    enrolment_views,
    help_views,
    kiosk_views,
    staff_call_views,
)

app_name = "desk"
urlpatterns = [
    path("", case_views.case_list, name="cases"),
    path("login", account_views.log_in, name="login"),
    path("logout", account_views.log_out, name="logout"),
    path("language", account_views.set_language, name="language"),
    path("password", account_views.change_password, name="password"),
    path("help", help_views.handbook, name="help"),
    path("cases/<str:number>", case_views.case_page, name="case"),
    path("cases/<str:number>/move", case_views.change_status, name="change_status"),
    path("cases/<str:number>/assign", case_views.assign, name="assign"),
    path("cases/<str:number>/person", case_views.show_complainant, name="complainant"),
    path("cases/<str:number>/name", case_views.request_name, name="request_name"),
    path("cases/<str:number>/name/<int:request_id>/<str:decision>", case_views.decide_name, name="decide_name"),
    path("cases/<str:number>/pages/<int:index>", case_views.letter_page_image, name="page"),
    path("centres", centre_views.centre_list, name="centres"),
    path("centres/add", centre_views.add_centre, name="add_centre"),
    path("centres/import", centre_file_views.import_centres, name="import_centres"),
    path("centres/export", centre_file_views.export_centres, name="export_centres"),
    path("centres/<str:slug>/edit", centre_views.edit_centre, name="edit_centre"),
    path("centres/<str:slug>/activity", centre_views.set_activity, name="set_activity"),
    path("alarms", alarm_views.alarm_list, name="alarms"),
    path("alarms/<int:alarm_id>/settle", alarm_views.settle_alarm, name="settle_alarm"),
    path("enrolments", enrolment_views.enrolment_list, name="enrolments"),
    path("enrolments/<uuid:enrolment_id>/<str:decision>", enrolment_views.decide_enrolment, name="decide_enrolment"),
    path("fleet", kiosk_views.kiosk_list, name="kiosks"),
    path("calls/<uuid:enrolment_id>", staff_call_views.respond_to_call, name="answer_call"),
]
