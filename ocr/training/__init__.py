"""Trains the model that reads Thai letters: Debian's `tha` network, grown by the characters it lacks.

Not part of the wheel: an appliance has only the trained file `ocr/model/dk_tha.traineddata`. `./run train-ocr` runs
`ocr/training/__main__.py` in `.venv-training`, which has JAX and the other packages of `requirements-training.lock`.
"""
