//! What the sign-in page receives.

use serde::Serialize;

use crate::web::DemoSignIn;

/// The sign-in page; template `auth/sign_in.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignInPage {
    /// Where to go afterwards.
    pub next: String,
    /// The sign-ins of the demonstration; empty elsewhere.
    #[schema(value_type = Vec<Object>)]
    pub demo: Vec<DemoSignIn>,
}
