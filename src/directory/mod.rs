//! The marketplace: providers, services, rates, areas, search; the regulator's register.

pub mod register;
