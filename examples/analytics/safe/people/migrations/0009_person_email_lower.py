from django.db import migrations, models


class Migration(migrations.Migration):
    """The version that serves writes `email` alone: until it is gone, a trigger keeps the new column in step."""

    dependencies = [("people", "0008_distinct_id_index")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(
            """
            CREATE FUNCTION person_email_lower() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.email_lower := lower(NEW.email);
                RETURN NEW;
            END $$
            """,
            reverse_sql="DROP FUNCTION person_email_lower()",
        ),
        migrations.AddField(model_name="person", name="email_lower", field=models.CharField(max_length=255, null=True)),
        migrations.RunSQL(
            """
            CREATE TRIGGER person_email_lower BEFORE INSERT OR UPDATE OF email ON person
            FOR EACH ROW EXECUTE FUNCTION person_email_lower()
            """,
            reverse_sql="DROP TRIGGER person_email_lower ON person",
        ),
    ]
