"""The trial of the appliance: `python -m tests.appliance`, or rather `./run appliance`."""
