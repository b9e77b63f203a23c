from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0008_distinct_id_index")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        migrations.AddField(model_name="person", name="email_lower", field=models.CharField(max_length=255, null=True)),
    ]
