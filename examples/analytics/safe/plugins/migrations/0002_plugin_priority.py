from django.db import migrations, models


class Migration(migrations.Migration):
    """The default stays in the database, so writers that have never heard of the column go on."""

    dependencies = [("plugins", "0001_initial")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        migrations.AddField(model_name="pluginconfig", name="priority", field=models.IntegerField(db_default=0)),
    ]
