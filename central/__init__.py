"""The central service: takes in what kiosks send, shows citizens where their case is, gives officers a desk."""
