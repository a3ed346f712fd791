"""Messages between the centre and the citizen: the templates of answers that officers insert."""
