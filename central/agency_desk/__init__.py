"""Pages and letters for agencies: personal links, mails, printed orders, reminders, queues."""
