"""Takes the pictures of the officers' handbook (central/desk/help_pictures.py) from a running installation."""
