-- Three tables in two schemas. Every row has a number that no other version of a row ever had.
CREATE SCHEMA sales;
CREATE SCHEMA hr;
CREATE SCHEMA truth;
CREATE SEQUENCE truth.number;
CREATE TABLE sales.account (
  id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number int8 NOT NULL DEFAULT nextval('truth.number'),
  owner text NOT NULL,
  balance numeric(12, 2) NOT NULL
);
CREATE TABLE sales.entry (
  id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number int8 NOT NULL DEFAULT nextval('truth.number'),
  account int8 NOT NULL,
  amount numeric,
  booked timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE hr.person (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  number int8 NOT NULL DEFAULT nextval('truth.number'),
  name text,
  data jsonb
);
ALTER TABLE sales.account REPLICA IDENTITY FULL;
ALTER TABLE sales.entry REPLICA IDENTITY FULL;
ALTER TABLE hr.person REPLICA IDENTITY FULL;
CREATE PUBLICATION etrap_pub FOR TABLE sales.account, sales.entry, hr.person;

-- What the ledger must hold. PostgreSQL writes it in the transaction of the change itself.
CREATE TABLE truth.change (relation text, operation text, number_before int8, number_after int8);

-- Debezium's snapshot reads these rows.
INSERT INTO sales.account (owner, balance) SELECT 'Ana ' || n, n / 4.0 FROM generate_series(1, 5) n;
INSERT INTO truth.change SELECT 'sales.account', 'SNAPSHOT', NULL, number FROM sales.account;

CREATE FUNCTION truth.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO truth.change VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, TG_OP, OLD.number, NEW.number);
  RETURN NULL;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON sales.account FOR EACH ROW EXECUTE FUNCTION truth.note();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON sales.entry FOR EACH ROW EXECUTE FUNCTION truth.note();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON hr.person FOR EACH ROW EXECUTE FUNCTION truth.note();

-- Each round is two transactions with 8 changes, and one that is rolled back. No statement changes
-- two rows: Debezium 3.6 can lose some of them when it is killed among them.
CREATE PROCEDURE truth.work(rounds int) LANGUAGE plpgsql AS $$
DECLARE
  new_account int8;
  new_entry int8;
  new_person uuid;
BEGIN
  FOR round IN 1..rounds LOOP
    INSERT INTO sales.account (owner, balance) VALUES ('Zoë ' || round, round) RETURNING id INTO new_account;
    INSERT INTO sales.entry (account, amount) VALUES (new_account, round / 3.0) RETURNING id INTO new_entry;
    UPDATE sales.account SET balance = balance + 0.5, number = nextval('truth.number') WHERE id = new_account;
    COMMIT;
    INSERT INTO hr.person (name) VALUES ('rolled back');
    ROLLBACK;
    INSERT INTO hr.person (name, data) VALUES (NULL, jsonb_build_object('round', round)) RETURNING id INTO new_person;
    UPDATE hr.person SET name = 'A', number = nextval('truth.number') WHERE id = new_person;
    UPDATE hr.person SET name = 'B', number = nextval('truth.number') WHERE id = new_person;
    DELETE FROM sales.entry WHERE id = new_entry;
    DELETE FROM hr.person WHERE id = new_person;
    COMMIT;
  END LOOP;
END $$;
