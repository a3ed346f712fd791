"""The appliance test: `./run appliance`."""
