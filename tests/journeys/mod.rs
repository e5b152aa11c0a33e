//! Whole stories over the program, one file per feature and one across all.

mod agreements;
mod communication;
mod invoices;
mod mail;
mod main_job;
mod marketplace;
mod packages;
mod personal_data;
mod real_data;
mod register;
mod reports;
mod retention;
mod site;
