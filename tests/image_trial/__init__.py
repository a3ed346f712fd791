"""`./run image-trial`: the disk image in a virtual machine, from the first start to power cuts."""
