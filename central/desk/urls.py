"""The desk's addresses, below /desk/."""

from django.urls import path

from central.desk import account_views, case_views, kiosk_views

app_name = "desk"
urlpatterns = [
    path("", case_views.case_list, name="cases"),
    path("login", account_views.log_in, name="login"),
    path("logout", account_views.log_out, name="logout"),
    path("language", account_views.language, name="language"),
    path("password", account_views.password, name="password"),
    path("cases/<str:number>", case_views.case_page, name="case"),
    path("cases/<str:number>/move", case_views.change_status, name="move"),
    path("cases/<str:number>/assign", case_views.assign, name="assign"),
    path("cases/<str:number>/person", case_views.person, name="person"),
    path("cases/<str:number>/name", case_views.request_name, name="ask_name"),
    path("cases/<str:number>/name/<int:request_id>/<str:decision>", case_views.decide_name, name="decide_name"),
    path("cases/<str:number>/pages/<int:index>", case_views.page, name="page"),
    path("alarms", kiosk_views.alarms, name="alarms"),
    path("alarms/<int:alarm_id>/settle", kiosk_views.settle, name="settle"),
    path("enrolments", kiosk_views.enrolment_list, name="enrolments"),
    path("enrolments/<uuid:enrolment_id>/<str:decision>", kiosk_views.decide, name="decide"),
    path("fleet", kiosk_views.fleet, name="fleet"),
    path("calls/<uuid:enrolment_id>", kiosk_views.answer_call, name="answer_call"),
]
