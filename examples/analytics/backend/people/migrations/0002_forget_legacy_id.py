from django.db import migrations, models


class Migration(migrations.Migration):
    """The app stops reading and writing `legacy_id`, and always writes a name. The database keeps both as they are."""

    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="person", name="legacy_id"),
                migrations.AlterField(model_name="person", name="name", field=models.CharField(max_length=200)),
            ],
        ),
    ]
