//! Whole stories over the program, one file per feature and one across all.

mod access;
mod accessibility;
mod agreements;
mod communication;
mod concerns;
mod bank_details;
mod claims;
mod consent;
mod invoices;
mod lost_factors;
mod mail;
mod main_job;
mod mandates;
mod marketplace;
mod openid;
mod organisations;
mod packages;
mod personal_data;
mod real_data;
mod record;
mod register;
mod reports;
mod retention;
mod second_factor;
pub mod sign_ins;
mod safeguarding;
pub mod site;
