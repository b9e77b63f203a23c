from django.db import migrations


class Migration(migrations.Migration):
    """The validated check proves it: Postgres reads no row."""

    dependencies = [("people", "0005_name_validated")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL('ALTER TABLE "person" ALTER COLUMN "name" SET NOT NULL', reverse_sql='ALTER TABLE "person" ALTER COLUMN "name" DROP NOT NULL'),
        migrations.RemoveConstraint(model_name="person", name="person_name_not_null"),
    ]
