from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0002_forget_watchers")]
    operations = [
        migrations.RemoveField(model_name="dashboard", name="tags"),
    ]
