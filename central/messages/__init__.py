"""Messages between the centre and the citizen: answer templates for officers, and forms that the citizen sends."""
