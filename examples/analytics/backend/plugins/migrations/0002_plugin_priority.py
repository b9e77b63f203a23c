from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plugins", "0001_initial")]
    operations = [
        migrations.AddField(model_name="pluginconfig", name="priority", field=models.IntegerField(default=0)),
    ]
