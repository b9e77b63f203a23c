from django.db import migrations


class Migration(migrations.Migration):
    """v1.43 has not had the field in its state: no live version asks for the join table, not even to delete."""

    dependencies = [("dashboards", "0002_forget_watchers")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL('DROP TABLE "dashboard_watchers"', reverse_sql=migrations.RunSQL.noop),
    ]
