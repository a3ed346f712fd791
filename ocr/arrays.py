"""Types of the pictures and lists that the steps of recognition exchange."""

from typing import Any

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]  # height × width, 0 black to 255 white
Ink = npt.NDArray[np.uint8]  # height × width, 255 where there is ink, otherwise 0
Labels = npt.NDArray[np.int32]  # height × width, the number of a piece of ink, 0 for paper
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
AnyArray = npt.NDArray[Any]
