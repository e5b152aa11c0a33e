//! The tables, in the types that both engines share: whole numbers, text, booleans, dates and UTC timestamps.
//!
//! The order and the meaning of the columns are those of `migrations/`; `tests/engines.rs` compares both engines.

#![allow(missing_docs)] // diesel's table! writes the public items; the columns are described in the migrations

diesel::table! {
    users (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> Timestamp,
        is_operator -> Bool,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        user_id -> BigInt,
        refresh_sha256 -> Text,
        previous_sha256 -> Nullable<Text>,
        rotated_at -> Timestamp,
        device -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        second_factor_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    second_factors (id) {
        id -> BigInt,
        user_id -> BigInt,
        sealed_secret -> Text,
        last_step -> BigInt,
        created_at -> Timestamp,
        confirmed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> BigInt,
        user_id -> BigInt,
        code_sha256 -> Text,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sign_in_tries (id) {
        id -> BigInt,
        kind -> Text,
        fingerprint -> Text,
        failures -> BigInt,
        locks -> BigInt,
        since -> Timestamp,
        tried_at -> Timestamp,
        not_before -> Nullable<Timestamp>,
    }
}

diesel::table! {
    organisations (id) {
        id -> BigInt,
        name -> Text,
        kind -> Text,
        is_provider -> Bool,
        is_holder -> Bool,
        is_broker -> Bool,
        address_line -> Text,
        town -> Text,
        postcode -> Text,
        about -> Text,
        la_code -> Nullable<Text>,
        charity_status -> Text,
        charity_number -> Nullable<Text>,
        regulated -> Bool,
        register_location -> Nullable<Text>,
        fictional -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    vat_registrations (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        status -> Text,
        number -> Nullable<Text>,
        from_date -> Date,
        recorded_by -> Nullable<BigInt>,
        recorded_at -> Timestamp,
        charity_status -> Text,
        regulated -> Bool,
        evidence -> Text,
        evidence_file_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    provider_documents (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        kind -> Text,
        file_id -> BigInt,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
        added_by -> BigInt,
        added_at -> Timestamp,
    }
}

diesel::table! {
    provider_document_checks (id) {
        id -> BigInt,
        document_id -> BigInt,
        organisation_id -> BigInt,
        accepted -> Bool,
        note -> Text,
        checked_by -> BigInt,
        authority -> Text,
        checked_at -> Timestamp,
    }
}

diesel::table! {
    provider_document_reminders (id) {
        id -> BigInt,
        document_id -> BigInt,
        what -> Text,
        reminded_at -> Timestamp,
    }
}

diesel::table! {
    vat_class_overrides (id) {
        id -> BigInt,
        service_id -> BigInt,
        vat_class -> Nullable<Text>,
        reason -> Text,
        evidence -> Text,
        evidence_file_id -> Nullable<BigInt>,
        from_date -> Date,
        recorded_by -> BigInt,
        authority -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    vat_alerts (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        kind -> Text,
        cause -> Text,
        round -> BigInt,
        council_id -> Nullable<BigInt>,
        invoice_id -> Nullable<BigInt>,
        service_id -> Nullable<BigInt>,
        says -> Text,
        raised_at -> Timestamp,
    }
}

diesel::table! {
    vat_alert_endings (id) {
        id -> BigInt,
        alert_id -> BigInt,
        reason -> Nullable<Text>,
        ended_by -> Nullable<BigInt>,
        ended_at -> Timestamp,
    }
}

diesel::table! {
    service_former_words (id) {
        id -> BigInt,
        service_id -> BigInt,
        nature -> Text,
        inside_regulated_activity -> Text,
        until_date -> Date,
    }
}

diesel::table! {
    vat_alert_councils (id) {
        id -> BigInt,
        alert_id -> BigInt,
        council_id -> BigInt,
        told_at -> Timestamp,
    }
}

diesel::table! {
    people (id) {
        id -> BigInt,
        user_id -> Nullable<BigInt>,
        reference -> Text,
        name -> Text,
        address_line -> Text,
        town -> Text,
        postcode -> Text,
        council_id -> BigInt,
        fictional -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    memberships (id) {
        id -> BigInt,
        user_id -> BigInt,
        organisation_id -> BigInt,
        role -> Text,
        ended_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    membership_events (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        user_id -> BigInt,
        role -> Text,
        given -> Bool,
        note -> Text,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    organisation_policies (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        separate_payments -> Bool,
        quorum -> BigInt,
        reason -> Text,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    payment_confirmations (id) {
        id -> BigInt,
        invoice_id -> BigInt,
        organisation_id -> BigInt,
        invoice_version -> BigInt,
        paid_on -> Date,
        reference -> Text,
        confirmed_by -> BigInt,
        confirmed_at -> Timestamp,
    }
}

diesel::table! {
    duty_exceptions (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        invoice_id -> BigInt,
        user_id -> BigInt,
        reason -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    bank_changes (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        sealed -> Text,
        drafted_by -> BigInt,
        drafted_at -> Timestamp,
    }
}

diesel::table! {
    bank_change_steps (id) {
        id -> BigInt,
        change_id -> BigInt,
        step -> Text,
        authority -> Text,
        reason -> Text,
        effective_at -> Nullable<Timestamp>,
        done_by -> BigInt,
        done_at -> Timestamp,
    }
}

diesel::table! {
    factor_removals (id) {
        id -> BigInt,
        user_id -> BigInt,
        organisation_id -> BigInt,
        person_id -> Nullable<BigInt>,
        authority -> Text,
        reason -> Text,
        asked_by -> BigInt,
        asked_at -> Timestamp,
    }
}

diesel::table! {
    factor_removal_steps (id) {
        id -> BigInt,
        removal_id -> BigInt,
        step -> Text,
        note -> Text,
        effective_at -> Nullable<Timestamp>,
        done_by -> Nullable<BigInt>,
        done_at -> Timestamp,
    }
}

diesel::table! {
    register_claims (id) {
        id -> BigInt,
        location -> Text,
        organisation_id -> BigInt,
        status -> Text,
        evidence -> Text,
        claimed_by -> Nullable<BigInt>,
        claimed_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    claim_events (id) {
        id -> BigInt,
        claim_id -> BigInt,
        what -> Text,
        detail -> Text,
        done_by -> BigInt,
        done_at -> Timestamp,
    }
}

diesel::table! {
    claim_letters (id) {
        id -> BigInt,
        claim_id -> BigInt,
        number -> BigInt,
        code_sha256 -> Text,
        tries_left -> BigInt,
        issued_by -> BigInt,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    mandates (id) {
        id -> BigInt,
        person_id -> BigInt,
        user_id -> BigInt,
        organisation_id -> Nullable<BigInt>,
        authority -> Text,
        from_date -> Date,
        to_date -> Nullable<Date>,
        ended_at -> Nullable<Timestamp>,
        recorded_at -> Timestamp,
        see_plan -> Bool,
        see_money -> Bool,
        choose -> Bool,
        sign -> Bool,
        approve -> Bool,
        approve_up_to_pence -> Nullable<BigInt>,
    }
}

diesel::table! {
    identities (id) {
        id -> BigInt,
        issuer -> Text,
        subject -> Text,
        user_id -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    files (id) {
        id -> BigInt,
        name -> Text,
        kind -> Text,
        sha256 -> Text,
        bytes -> Binary,
        added_by -> BigInt,
        added_at -> Timestamp,
    }
}

diesel::table! {
    mandate_evidence (id) {
        id -> BigInt,
        mandate_id -> BigInt,
        note -> Text,
        file_id -> Nullable<BigInt>,
        added_by -> BigInt,
        added_at -> Timestamp,
    }
}

diesel::table! {
    mandate_endings (id) {
        id -> BigInt,
        mandate_id -> BigInt,
        cause -> Text,
        note -> Text,
        ended_by -> BigInt,
        ended_at -> Timestamp,
    }
}

diesel::table! {
    mandate_hidden_items (id) {
        id -> BigInt,
        mandate_id -> BigInt,
        kind -> Text,
        item_id -> BigInt,
        hidden_by -> BigInt,
        hidden_at -> Timestamp,
    }
}

diesel::table! {
    mandate_offers (id) {
        id -> BigInt,
        person_id -> BigInt,
        email -> Text,
        organisation_id -> Nullable<BigInt>,
        authority -> Text,
        see_plan -> Bool,
        see_money -> Bool,
        choose -> Bool,
        sign -> Bool,
        approve -> Bool,
        approve_up_to_pence -> Nullable<BigInt>,
        from_date -> Date,
        to_date -> Nullable<Date>,
        note -> Text,
        file_id -> Nullable<BigInt>,
        offered_by -> BigInt,
        offered_as -> Text,
        offered_at -> Timestamp,
    }
}

diesel::table! {
    mandate_offer_answers (id) {
        id -> BigInt,
        offer_id -> BigInt,
        outcome -> Text,
        mandate_id -> Nullable<BigInt>,
        answered_by -> BigInt,
        answered_at -> Timestamp,
    }
}

diesel::table! {
    capacity_decisions (id) {
        id -> BigInt,
        person_id -> BigInt,
        decided_on -> Date,
        about -> Text,
        has_capacity -> Bool,
        decided_by -> Text,
        note -> Text,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    deaths (id) {
        id -> BigInt,
        person_id -> BigInt,
        died_on -> Nullable<Date>,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    consent_rules (id) {
        id -> BigInt,
        person_id -> BigInt,
        rule -> Text,
        above_pence -> Nullable<BigInt>,
        delegate_id -> Nullable<BigInt>,
        from_date -> Date,
        set_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        set_at -> Timestamp,
    }
}

diesel::table! {
    invoice_consents (id) {
        id -> BigInt,
        invoice_id -> BigInt,
        invoice_version -> BigInt,
        given_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        given_at -> Timestamp,
    }
}

diesel::table! {
    done_once (id) {
        id -> BigInt,
        user_id -> BigInt,
        token -> Text,
        request_sha256 -> Text,
        location -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    documents (id) {
        id -> BigInt,
        kind -> Text,
        name -> Text,
        body -> Text,
        sha256 -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    personal_budgets (id) {
        id -> BigInt,
        person_id -> BigInt,
        council_id -> BigInt,
        weekly_pence -> BigInt,
        contribution_weekly_pence -> BigInt,
        starts_on -> Date,
        agreed_note -> Text,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    funds (id) {
        id -> BigInt,
        person_id -> BigInt,
        council_id -> BigInt,
        form -> Text,
        weekly_pence -> BigInt,
        vat_uplift_weekly_pence -> BigInt,
        holder_organisation_id -> Nullable<BigInt>,
        holder_user_id -> Nullable<BigInt>,
        recovery_confirmed -> Bool,
        intended_structure -> Nullable<Text>,
        payment_frequency -> Text,
        contribution_mode -> Text,
        starts_on -> Date,
        ended_on -> Nullable<Date>,
        version -> BigInt,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    journal_entries (id) {
        id -> BigInt,
        fund_id -> BigInt,
        kind -> Text,
        happened_on -> Date,
        description -> Text,
        source_kind -> Text,
        source_id -> BigInt,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
        sha256 -> Text,
    }
}

diesel::table! {
    postings (id) {
        id -> BigInt,
        entry_id -> BigInt,
        fund_id -> BigInt,
        account -> Text,
        party_id -> Nullable<BigInt>,
        amount_pence -> BigInt,
    }
}

diesel::table! {
    postcodes (postcode) {
        postcode -> Text,
        easting -> Integer,
        northing -> Integer,
        la_code -> Text,
    }
}

diesel::table! {
    register_locations (id) {
        id -> BigInt,
        location_id -> Text,
        record -> Text,
        still_registered -> Bool,
        as_of -> Date,
    }
}

diesel::table! {
    services (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        name -> Text,
        category -> Text,
        summary -> Text,
        postcode -> Text,
        nature -> Text,
        inside_regulated_activity -> Text,
        published -> Bool,
        version -> BigInt,
        created_by -> BigInt,
        created_at -> Timestamp,
        features -> Text,
        opens_minute -> Nullable<BigInt>,
        closes_minute -> Nullable<BigInt>,
        minimum_age -> Nullable<BigInt>,
        maximum_age -> Nullable<BigInt>,
        reach_miles -> Nullable<BigInt>,
        places_left -> Nullable<BigInt>,
        waiting_weeks -> Nullable<BigInt>,
        confirmed_on -> Date,
    }
}

diesel::table! {
    service_rates (id) {
        id -> BigInt,
        service_id -> BigInt,
        unit -> Text,
        entered_price -> BigInt,
        basis -> Text,
        net_price -> BigInt,
        from_date -> Date,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
        rounding -> Text,
        step_minutes -> BigInt,
        minimum_minutes -> BigInt,
        staff -> BigInt,
        people -> BigInt,
        mile_net -> Nullable<BigInt>,
        hospital_days -> BigInt,
        free_break_days -> Nullable<BigInt>,
    }
}

diesel::table! {
    rate_prices (id) {
        id -> BigInt,
        rate_id -> BigInt,
        days -> Text,
        special_on -> Nullable<Date>,
        from_minute -> Nullable<BigInt>,
        until_minute -> Nullable<BigInt>,
        visit_minutes -> Nullable<BigInt>,
        entered_price -> BigInt,
        net_price -> BigInt,
    }
}

diesel::table! {
    rate_notices (id) {
        id -> BigInt,
        rate_id -> BigInt,
        hours -> BigInt,
        percent -> BigInt,
    }
}

diesel::table! {
    search_entries (id) {
        id -> BigInt,
        service_id -> Nullable<BigInt>,
        register_location_id -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        name -> Text,
        provider_name -> Text,
        summary -> Text,
        category -> Text,
        town -> Text,
        postcode -> Text,
        la_code -> Text,
        easting -> Nullable<BigInt>,
        northing -> Nullable<BigInt>,
        words -> Text,
        marks -> Text,
        vat_status -> Text,
        vat_class -> Nullable<Text>,
        unit_order -> BigInt,
        net_price -> Nullable<BigInt>,
        cost_recovered -> Nullable<BigInt>,
        cost_person -> Nullable<BigInt>,
        cost_holder -> Nullable<BigInt>,
        cost_onward -> Nullable<BigInt>,
        next_change_on -> Nullable<Date>,
        confirmed_on -> Nullable<Date>,
        sunk -> Bool,
        wait_order -> BigInt,
        rating_order -> BigInt,
        rating -> Text,
        rating_published -> Nullable<Date>,
        url -> Text,
        fictional -> Bool,
        imported_listing_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    service_changes (service_id) {
        service_id -> BigInt,
        changed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    imported_feeds (id) {
        id -> BigInt,
        source -> Text,
        name -> Text,
        changes_since -> Nullable<Timestamp>,
        read_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    imported_listings (id) {
        id -> BigInt,
        feed_id -> BigInt,
        source_id -> Text,
        same_as -> Text,
        record -> Text,
        withdrawn -> Bool,
        changed_at -> Timestamp,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    bulk_sheets (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        sheet -> Text,
        sent_by -> BigInt,
        sent_at -> Timestamp,
        done_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    read_files (id) {
        id -> BigInt,
        name -> Text,
        sha256 -> Text,
        read_at -> Timestamp,
    }
}

diesel::table! {
    feed_identity (id) {
        id -> BigInt,
        code -> Text,
    }
}

diesel::table! {
    shortlist_entries (id) {
        id -> BigInt,
        person_id -> BigInt,
        service_id -> BigInt,
        added_by -> BigInt,
        added_at -> Timestamp,
    }
}

diesel::table! {
    service_files (id) {
        id -> BigInt,
        service_id -> BigInt,
        kind -> Text,
        words -> Text,
        name -> Text,
        width -> Nullable<BigInt>,
        height -> Nullable<BigInt>,
        sha256 -> Text,
        bytes -> Binary,
        added_by -> BigInt,
        added_at -> Timestamp,
    }
}

diesel::table! {
    saved_searches (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        query -> Text,
        fund_id -> Nullable<BigInt>,
        state -> Text,
        saved_at -> Timestamp,
        checked_on -> Date,
    }
}

diesel::table! {
    saved_search_hits (id) {
        id -> BigInt,
        saved_search_id -> BigInt,
        service_id -> Nullable<BigInt>,
        register_location_id -> Nullable<BigInt>,
        imported_listing_id -> Nullable<BigInt>,
        new_on -> Nullable<Date>,
    }
}

diesel::table! {
    rate_announcements (id) {
        id -> BigInt,
        rate_id -> BigInt,
        package_id -> BigInt,
        user_id -> BigInt,
        told_at -> Timestamp,
    }
}

diesel::table! {
    packages (id) {
        id -> BigInt,
        fund_id -> BigInt,
        name -> Text,
        version -> BigInt,
        created_by -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    package_lines (id) {
        id -> BigInt,
        package_id -> BigInt,
        service_id -> BigInt,
        weekly_quantity -> BigInt,
        declaration -> Bool,
        unit -> Nullable<Text>,
    }
}

diesel::table! {
    package_visits (id) {
        id -> BigInt,
        package_id -> BigInt,
        service_id -> BigInt,
        days -> Text,
        start_minute -> BigInt,
        minutes -> BigInt,
        staff -> BigInt,
        miles -> BigInt,
    }
}

diesel::table! {
    orders (id) {
        id -> BigInt,
        package_id -> BigInt,
        fund_id -> BigInt,
        agreement_id -> Nullable<BigInt>,
        form -> Text,
        structure -> Nullable<Text>,
        recovery_confirmed -> Bool,
        starts_on -> Date,
        weeks -> BigInt,
        budget_pence -> BigInt,
        status -> Text,
        ordered_by -> BigInt,
        authority -> Text,
        ordered_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    order_lines (id) {
        id -> BigInt,
        order_id -> BigInt,
        kind -> Text,
        service_id -> Nullable<BigInt>,
        provider_id -> BigInt,
        description -> Text,
        unit -> Text,
        unit_price -> BigInt,
        vat_class -> Text,
        declaration -> Bool,
        quantity -> BigInt,
        net_pence -> BigInt,
        budget_pence -> BigInt,
    }
}

diesel::table! {
    order_visits (id) {
        id -> BigInt,
        order_id -> BigInt,
        order_line_id -> BigInt,
        days -> Text,
        start_minute -> BigInt,
        minutes -> BigInt,
        staff -> BigInt,
        miles -> BigInt,
    }
}

diesel::table! {
    order_parts (id) {
        id -> BigInt,
        order_id -> BigInt,
        order_line_id -> BigInt,
        words -> Text,
        unit -> Text,
        quantity -> BigInt,
        base_quantity -> BigInt,
        unit_price -> BigInt,
    }
}

diesel::table! {
    agreements (id) {
        id -> BigInt,
        fund_id -> BigInt,
        status -> Text,
        structure -> Nullable<Text>,
        starts_on -> Date,
        weekly_pence -> BigInt,
        contribution_mode -> Text,
        contribution_weekly_pence -> BigInt,
        payment_frequency -> Text,
        advance_days -> BigInt,
        fee_weekly_pence -> BigInt,
        fee_position -> Text,
        surplus_rule -> Text,
        surplus_cap_weeks -> BigInt,
        notice_person_weeks -> BigInt,
        notice_holder_weeks -> BigInt,
        notice_council_weeks -> BigInt,
        document_id -> Nullable<BigInt>,
        proposed_at -> Nullable<Timestamp>,
        in_force_at -> Nullable<Timestamp>,
        notice_by -> Nullable<Text>,
        notice_reason -> Nullable<Text>,
        ends_on -> Nullable<Date>,
        closed_at -> Nullable<Timestamp>,
        drafted_by -> BigInt,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    agreement_signatures (id) {
        id -> BigInt,
        agreement_id -> BigInt,
        party -> Text,
        user_id -> BigInt,
        signer_name -> Text,
        authority -> Text,
        document_sha256 -> Text,
        signed_at -> Timestamp,
        mandate_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    agreement_events (id) {
        id -> BigInt,
        agreement_id -> BigInt,
        deed -> Text,
        user_id -> BigInt,
        user_name -> Text,
        authority -> Text,
        detail -> Text,
        happened_at -> Timestamp,
        mandate_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        order_line_id -> BigInt,
        order_id -> BigInt,
        fund_id -> BigInt,
        provider_id -> BigInt,
        delivered_on -> Date,
        quantity -> BigInt,
        note -> Text,
        status -> Text,
        value_pence -> Nullable<BigInt>,
        query_reason -> Nullable<Text>,
        invoice_id -> Nullable<BigInt>,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
        decided_by -> Nullable<BigInt>,
        decided_authority -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    delivery_visits (id) {
        id -> BigInt,
        delivery_id -> BigInt,
        starts_at -> Timestamp,
        minutes -> BigInt,
        staff -> BigInt,
        miles -> BigInt,
        outcome -> Text,
        cancelled_at -> Nullable<Timestamp>,
        hospital_since -> Nullable<Date>,
        percent -> BigInt,
        reason -> Text,
        rate_id -> BigInt,
        agreed -> Bool,
    }
}

diesel::table! {
    delivery_parts (id) {
        id -> BigInt,
        delivery_id -> BigInt,
        words -> Text,
        unit -> Text,
        quantity -> BigInt,
        base_quantity -> BigInt,
        unit_price -> BigInt,
    }
}

diesel::table! {
    council_contacts (id) {
        id -> BigInt,
        council_id -> BigInt,
        complaints_team -> Text,
        care_line -> Text,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    complaints (id) {
        id -> BigInt,
        person_id -> BigInt,
        council_id -> BigInt,
        about -> Text,
        about_organisation_id -> Nullable<BigInt>,
        about_user_id -> Nullable<BigInt>,
        about_words -> Text,
        thing_kind -> Nullable<Text>,
        thing_id -> Nullable<BigInt>,
        thing_words -> Text,
        asked_id -> BigInt,
        with_id -> BigInt,
        status -> Text,
        raised_by -> BigInt,
        raised_on -> Date,
        acknowledge_by -> Date,
        acknowledge_at_latest -> Date,
        answer_by -> Date,
        version -> BigInt,
    }
}

diesel::table! {
    complaint_entries (id) {
        id -> BigInt,
        complaint_id -> BigInt,
        deed -> Text,
        text -> Text,
        by_user_id -> Nullable<BigInt>,
        authority -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    safeguarding_concerns (id) {
        id -> BigInt,
        reference -> Text,
        person_id -> BigInt,
        council_id -> BigInt,
        about_user_id -> Nullable<BigInt>,
        about_organisation_id -> Nullable<BigInt>,
        about_words -> Text,
        what -> Text,
        raised_by -> BigInt,
        raised_authority -> Text,
        raised_at -> Timestamp,
    }
}

diesel::table! {
    safeguarding_entries (id) {
        id -> BigInt,
        concern_id -> BigInt,
        number -> BigInt,
        deed -> Text,
        text -> Text,
        by_user_id -> BigInt,
        at -> Timestamp,
    }
}

diesel::table! {
    safeguarding_signals (id) {
        id -> BigInt,
        dedupe_key -> Text,
        person_id -> BigInt,
        council_id -> BigInt,
        kind -> Text,
        reason -> Text,
        about_user_id -> Nullable<BigInt>,
        about_organisation_id -> Nullable<BigInt>,
        raised_at -> Timestamp,
    }
}

diesel::table! {
    safeguarding_judgements (id) {
        id -> BigInt,
        signal_id -> BigInt,
        judgement -> Text,
        reason -> Text,
        concern_id -> Nullable<BigInt>,
        by_user_id -> BigInt,
        at -> Timestamp,
    }
}

diesel::table! {
    safeguarding_looks (id) {
        id -> BigInt,
        council_id -> BigInt,
        concern_id -> Nullable<BigInt>,
        signal_id -> Nullable<BigInt>,
        user_id -> BigInt,
        looked_at -> Timestamp,
    }
}

diesel::table! {
    invoice_series (provider_id, kind) {
        provider_id -> BigInt,
        kind -> Text,
        last_number -> BigInt,
    }
}

diesel::table! {
    invoices (id) {
        id -> BigInt,
        kind -> Text,
        number -> BigInt,
        provider_id -> BigInt,
        fund_id -> BigInt,
        order_id -> BigInt,
        credits_invoice_id -> Nullable<BigInt>,
        credit_reason -> Nullable<Text>,
        payer -> Text,
        addressee_name -> Text,
        addressee_address -> Text,
        person_reference -> Text,
        issued_on -> Date,
        period_from -> Date,
        period_to -> Date,
        due_on -> Date,
        net_pence -> BigInt,
        vat_pence -> BigInt,
        total_pence -> BigInt,
        budget_pence -> BigInt,
        status -> Text,
        query_reason -> Nullable<Text>,
        decided_by -> Nullable<BigInt>,
        decided_authority -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        paid_on -> Nullable<Date>,
        payment_reference -> Nullable<Text>,
        document_id -> BigInt,
        issued_by -> BigInt,
        issued_at -> Timestamp,
        version -> BigInt,
        decided_mandate_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    invoice_lines (id) {
        id -> BigInt,
        invoice_id -> BigInt,
        order_line_id -> BigInt,
        description -> Text,
        unit -> Text,
        quantity -> BigInt,
        unit_price -> BigInt,
        vat_class -> Text,
        vat_category -> Text,
        vat_rate_basis_points -> BigInt,
        net_pence -> BigInt,
        vat_pence -> BigInt,
        budget_pence -> BigInt,
        ground -> Text,
        base_quantity -> BigInt,
    }
}

diesel::table! {
    statements (id) {
        id -> BigInt,
        fund_id -> BigInt,
        document_id -> BigInt,
        from_date -> Date,
        to_date -> Date,
        kept_by -> BigInt,
        kept_at -> Timestamp,
    }
}

diesel::table! {
    audit_events (id) {
        id -> BigInt,
        at -> Timestamp,
        kind -> Text,
        user_id -> Nullable<BigInt>,
        user_name -> Text,
        capacity -> Text,
        mandate_id -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        what -> Text,
        says -> Text,
        thing_kind -> Text,
        thing_id -> Nullable<BigInt>,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
        purpose -> Nullable<Text>,
        reference -> Text,
    }
}

diesel::table! {
    audit_seals (id) {
        id -> BigInt,
        event_id -> BigInt,
        sha256 -> Text,
        sealed_at -> Timestamp,
    }
}

diesel::table! {
    audit_leases (id) {
        id -> BigInt,
        holder -> Text,
        until -> Timestamp,
    }
}

diesel::table! {
    audit_grants (id) {
        id -> BigInt,
        council_id -> BigInt,
        user_id -> BigInt,
        person_id -> Nullable<BigInt>,
        from_date -> Date,
        to_date -> Date,
        purpose -> Text,
        granted_by -> BigInt,
        granted_at -> Timestamp,
        ended_by -> Nullable<BigInt>,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    audit_break_glass (id) {
        id -> BigInt,
        user_id -> BigInt,
        person_id -> BigInt,
        reason -> Text,
        began_at -> Timestamp,
        ends_at -> Timestamp,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        about -> Text,
        dedupe_key -> Nullable<Text>,
        attempts -> BigInt,
        due_at -> Timestamp,
        leased_until -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        enqueued_at -> Timestamp,
        done_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        message_id -> Text,
        to_address -> Text,
        subject -> Text,
        text_body -> Text,
        html_body -> Text,
        link_nonce -> Nullable<Text>,
        state -> Text,
        error -> Nullable<Text>,
        written_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    mailed_links (id) {
        id -> BigInt,
        purpose -> Text,
        token_sha256 -> Text,
        email -> Text,
        user_id -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        gives -> Text,
        made_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        used_by -> Nullable<BigInt>,
        withdrawn_at -> Nullable<Timestamp>,
        person_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    communication_needs (id) {
        id -> BigInt,
        person_id -> BigInt,
        print_size -> Nullable<Text>,
        plain_background -> Bool,
        language -> Text,
        interpreter -> Text,
        note -> Text,
        from_date -> Date,
        reviewed_on -> Date,
        authority -> Text,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    communication_need_items (id) {
        id -> BigInt,
        needs_id -> BigInt,
        kind -> Text,
        code -> Text,
    }
}

diesel::table! {
    exports (id) {
        id -> BigInt,
        person_id -> BigInt,
        purpose -> Text,
        asked_by -> BigInt,
        authority -> Text,
        received_on -> Nullable<Date>,
        asked_at -> Timestamp,
        status -> Text,
        steps_done -> BigInt,
        ready_at -> Nullable<Timestamp>,
        held_back -> BigInt,
    }
}

diesel::table! {
    export_files (id) {
        id -> BigInt,
        body -> Binary,
        sha256 -> Text,
    }
}

diesel::table! {
    export_findings (id) {
        id -> BigInt,
        export_id -> BigInt,
        table_name -> Text,
        row_id -> BigInt,
        column_name -> Text,
    }
}

diesel::table! {
    export_withholdings (id) {
        id -> BigInt,
        person_id -> BigInt,
        table_name -> Text,
        row_id -> BigInt,
        ground -> Text,
        reason -> Text,
        authority -> Text,
        decided_by -> BigInt,
        decided_at -> Timestamp,
        lifted_by -> Nullable<BigInt>,
        lifted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    legal_holds (id) {
        id -> BigInt,
        person_id -> BigInt,
        reason -> Text,
        from_date -> Date,
        authority -> Text,
        placed_by -> BigInt,
        placed_at -> Timestamp,
    }
}

diesel::table! {
    legal_hold_lifts (id) {
        id -> BigInt,
        hold_id -> BigInt,
        reason -> Text,
        authority -> Text,
        lifted_by -> BigInt,
        lifted_at -> Timestamp,
    }
}

diesel::table! {
    retention_due (id) {
        id -> BigInt,
        person_id -> BigInt,
        rule -> Text,
        due_on -> Date,
        listed_at -> Timestamp,
    }
}

diesel::table! {
    erasures (id) {
        id -> BigInt,
        person_id -> BigInt,
        ground -> Text,
        reason -> Text,
        authority -> Text,
        decided_by -> BigInt,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    erased_documents (id) {
        id -> BigInt,
        erasure_id -> BigInt,
    }
}

diesel::table! {
    erased_files (id) {
        id -> BigInt,
        erasure_id -> BigInt,
    }
}

diesel::table! {
    council_rules (id) {
        id -> BigInt,
        council_id -> BigInt,
        kind -> Text,
        provider_id -> Nullable<BigInt>,
        relies_on_id -> Nullable<BigInt>,
        category -> Nullable<Text>,
        unit -> Nullable<Text>,
        most -> Nullable<BigInt>,
        cause -> Nullable<Text>,
        reason -> Text,
        from_date -> Date,
        to_date -> Nullable<Date>,
        recorded_by -> BigInt,
        authority -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    council_rule_endings (id) {
        id -> BigInt,
        rule_id -> BigInt,
        from_date -> Date,
        reason -> Text,
        ended_by -> BigInt,
        authority -> Text,
        ended_at -> Timestamp,
    }
}

diesel::table! {
    quote_requests (id) {
        id -> BigInt,
        fund_id -> BigInt,
        what -> Text,
        quantity -> BigInt,
        unit -> Text,
        times -> Text,
        starts_on -> Date,
        outcode -> Text,
        answer_by -> Date,
        search_document -> Text,
        asked_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        asked_at -> Timestamp,
    }
}

diesel::table! {
    quote_criteria (id) {
        id -> BigInt,
        request_id -> BigInt,
        fund_id -> BigInt,
        is_price -> Bool,
        words -> Text,
        weight -> BigInt,
    }
}

diesel::table! {
    quote_asks (id) {
        id -> BigInt,
        request_id -> BigInt,
        fund_id -> BigInt,
        provider_id -> BigInt,
        service_id -> BigInt,
    }
}

diesel::table! {
    quote_answers (id) {
        id -> BigInt,
        ask_id -> BigInt,
        fund_id -> BigInt,
        number -> BigInt,
        kind -> Text,
        entered_price -> Nullable<BigInt>,
        basis -> Nullable<Text>,
        net_price -> Nullable<BigInt>,
        vat_class -> Nullable<Text>,
        times -> Text,
        note -> Text,
        valid_until -> Nullable<Date>,
        holds_until -> Nullable<Date>,
        declined_because -> Nullable<Text>,
        answered_by -> BigInt,
        authority -> Text,
        answered_at -> Timestamp,
        unit -> Nullable<Text>,
        quantity -> Nullable<BigInt>,
    }
}

diesel::table! {
    quote_messages (id) {
        id -> BigInt,
        ask_id -> BigInt,
        fund_id -> BigInt,
        side -> Text,
        is_feedback -> Bool,
        text -> Text,
        written_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        written_at -> Timestamp,
        choice_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    quote_scores (id) {
        id -> BigInt,
        answer_id -> BigInt,
        criterion_id -> BigInt,
        fund_id -> BigInt,
        score -> BigInt,
        scored_by -> BigInt,
        scored_at -> Timestamp,
    }
}

diesel::table! {
    quote_choices (id) {
        id -> BigInt,
        request_id -> BigInt,
        number -> BigInt,
        fund_id -> BigInt,
        answer_id -> Nullable<BigInt>,
        reason -> Text,
        document -> Text,
        sha256 -> Text,
        chosen_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        chosen_at -> Timestamp,
    }
}

diesel::table! {
    quote_acceptances (id) {
        id -> BigInt,
        choice_id -> BigInt,
        fund_id -> BigInt,
        accepted_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        accepted_at -> Timestamp,
    }
}

diesel::table! {
    quote_refusals (id) {
        id -> BigInt,
        choice_id -> BigInt,
        fund_id -> BigInt,
        reason -> Text,
        refused_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        refused_at -> Timestamp,
    }
}

diesel::table! {
    negotiated_rates (id) {
        id -> BigInt,
        fund_id -> BigInt,
        service_id -> BigInt,
        choice_id -> BigInt,
        unit -> Text,
        net_price -> BigInt,
        from_date -> Date,
        to_date -> Nullable<Date>,
        recorded_by -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    reviews (id) {
        id -> BigInt,
        person_id -> BigInt,
        service_id -> BigInt,
        number -> BigInt,
        delivery_id -> BigInt,
        as_agreed -> BigInt,
        on_time -> BigInt,
        respect -> BigInt,
        again -> BigInt,
        words -> Text,
        written_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        written_at -> Timestamp,
    }
}

diesel::table! {
    review_decisions (id) {
        id -> BigInt,
        review_id -> BigInt,
        shown -> Bool,
        reason -> Text,
        decided_by -> BigInt,
        authority -> Text,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    review_replies (id) {
        id -> BigInt,
        review_id -> BigInt,
        text -> Text,
        written_by -> BigInt,
        authority -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    review_reply_decisions (id) {
        id -> BigInt,
        reply_id -> BigInt,
        shown -> Bool,
        reason -> Text,
        decided_by -> BigInt,
        authority -> Text,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    review_withdrawals (id) {
        id -> BigInt,
        review_id -> BigInt,
        withdrawn_by -> BigInt,
        authority -> Text,
        mandate_id -> Nullable<BigInt>,
        withdrawn_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    second_factors,
    recovery_codes,
    sign_in_tries,
    organisations,
    vat_registrations,
    provider_documents,
    provider_document_checks,
    provider_document_reminders,
    vat_class_overrides,
    vat_alerts,
    vat_alert_endings,
    vat_alert_councils,
    service_former_words,
    people,
    memberships,
    membership_events,
    organisation_policies,
    payment_confirmations,
    duty_exceptions,
    bank_changes,
    bank_change_steps,
    factor_removals,
    factor_removal_steps,
    register_claims,
    claim_events,
    claim_letters,
    mandates,
    identities,
    files,
    mandate_evidence,
    mandate_endings,
    mandate_hidden_items,
    mandate_offers,
    mandate_offer_answers,
    capacity_decisions,
    deaths,
    consent_rules,
    invoice_consents,
    done_once,
    documents,
    personal_budgets,
    funds,
    journal_entries,
    postings,
    postcodes,
    register_locations,
    services,
    service_rates,
    rate_prices,
    rate_notices,
    search_entries,
    shortlist_entries,
    service_files,
    saved_searches,
    saved_search_hits,
    rate_announcements,
    council_rules,
    council_rule_endings,
    service_changes,
    feed_identity,
    bulk_sheets,
    read_files,
    imported_feeds,
    imported_listings,
    packages,
    package_lines,
    package_visits,
    quote_requests,
    quote_criteria,
    quote_asks,
    quote_answers,
    quote_messages,
    quote_scores,
    quote_choices,
    quote_acceptances,
    quote_refusals,
    negotiated_rates,
    orders,
    order_lines,
    order_visits,
    order_parts,
    agreements,
    agreement_signatures,
    agreement_events,
    deliveries,
    delivery_visits,
    delivery_parts,
    reviews,
    review_decisions,
    review_replies,
    review_reply_decisions,
    review_withdrawals,
    council_contacts,
    complaints,
    complaint_entries,
    safeguarding_concerns,
    safeguarding_entries,
    safeguarding_signals,
    safeguarding_judgements,
    safeguarding_looks,
    invoice_series,
    invoices,
    invoice_lines,
    statements,
    audit_events,
    audit_seals,
    audit_leases,
    audit_grants,
    audit_break_glass,
    jobs,
    mails,
    mailed_links,
    communication_needs,
    communication_need_items,
    exports,
    export_files,
    export_findings,
    export_withholdings,
    legal_holds,
    legal_hold_lifts,
    retention_due,
    erasures,
    erased_documents,
    erased_files,
);
