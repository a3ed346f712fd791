"""The trial of the appliance: `python -m provision.trial`, or rather `./run appliance`."""
