"""A believable province for demonstrations, benches and pictures: centres, agencies, officers, cases with histories.

Every person, phone number and address is invented. `central demo-data` fills an empty installation with it."""
