-- Made after the rows of a rebuild are in; the unique ones are the read model's own guard against a row told twice.

CREATE UNIQUE INDEX submission_place ON submission (part, pos);
CREATE INDEX submission_id ON submission (id);
CREATE INDEX submission_subject ON submission (programme, item);
CREATE UNIQUE INDEX ruling_place ON ruling (part, cause);
CREATE INDEX ruling_subject ON ruling (programme, item);
CREATE UNIQUE INDEX event_place ON event (part, pos);
CREATE INDEX event_subject ON event (programme, item);
CREATE INDEX event_type ON event (programme, type);
CREATE INDEX event_naming ON event (part, pos) WHERE type IN ('deputy.appointed', 'deputy.released') OR (type = 'item.opened' AND data ? 'deputies');
CREATE UNIQUE INDEX programme_place ON programme (part, pos);
CREATE UNIQUE INDEX item_place ON item (part, pos);
CREATE INDEX item_subject ON item (programme, item);
CREATE UNIQUE INDEX holder_place ON holder (part, pos);
CREATE INDEX holder_subject ON holder (programme, item);
CREATE UNIQUE INDEX light_place ON light (part, pos);
CREATE INDEX light_subject ON light (programme, item, period);
CREATE UNIQUE INDEX escalation_place ON escalation (part, pos);
CREATE INDEX escalation_subject ON escalation (programme, item);
CREATE UNIQUE INDEX notice_place ON notice (part, pos);
CREATE INDEX notice_subject ON notice (programme, item);
CREATE INDEX notice_name ON notice (notice);
CREATE UNIQUE INDEX addressed_place ON addressed (part, pos, delivery);
CREATE INDEX addressed_recipient ON addressed (recipient, channel);
CREATE INDEX addressed_notice ON addressed (notice);
CREATE UNIQUE INDEX delivery_place ON delivery (part, pos);
CREATE INDEX delivery_name ON delivery (delivery);
