self.addEventListener("push", event => {
  const message = event.data ? event.data.json() : {title: "ดำรงธรรม", body: ""};
  event.waitUntil(self.registration.showNotification(message.title, {body: message.body, tag: message.tag}));
});
self.addEventListener("notificationclick", event => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/t"));
});
