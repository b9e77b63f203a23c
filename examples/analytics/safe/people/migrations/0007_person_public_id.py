import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    """Null for the rows that exist, a value for every new one: nothing is rewritten. The old rows are filled in batches later."""

    dependencies = [("people", "0006_name_required")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        migrations.AddField(model_name="person", name="public_id", field=models.UUIDField(null=True)),
        migrations.AlterField(
            model_name="person",
            name="public_id",
            field=models.UUIDField(null=True, db_default=django.contrib.postgres.functions.RandomUUID()),
        ),
    ]
