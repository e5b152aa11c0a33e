DROP TABLE provider_document_reminders;
DROP TABLE provider_document_checks;
DROP TABLE provider_documents;
