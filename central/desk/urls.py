"""The desk's addresses, below /desk/."""

from django.urls import path

from central.desk import cases, fleet, login

app_name = "desk"
urlpatterns = [
    path("", cases.case_list, name="cases"),
    path("login", login.log_in, name="login"),
    path("logout", login.log_out, name="logout"),
    path("language", login.language, name="language"),
    path("password", login.password, name="password"),
    path("cases/<str:number>", cases.case_page, name="case"),
    path("cases/<str:number>/move", cases.move, name="move"),
    path("cases/<str:number>/assign", cases.assign, name="assign"),
    path("cases/<str:number>/person", cases.person, name="person"),
    path("cases/<str:number>/name", cases.ask_name, name="ask_name"),
    path("cases/<str:number>/name/<int:request_id>/<str:decision>", cases.decide_name, name="decide_name"),
    path("cases/<str:number>/pages/<int:index>", cases.page, name="page"),
    path("alarms", fleet.alarms, name="alarms"),
    path("alarms/<int:alarm_id>/settle", fleet.settle, name="settle"),
    path("enrolments", fleet.enrolment_list, name="enrolments"),
    path("enrolments/<uuid:enrolment_id>/<str:decision>", fleet.decide, name="decide"),
    path("fleet", fleet.fleet, name="fleet"),
    path("calls/<uuid:enrolment_id>", fleet.answer_call, name="answer_call"),
]
