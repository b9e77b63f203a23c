from django.db import migrations


class Migration(migrations.Migration):
    """No live version names the column any more. The timeout keeps readers from queueing behind the brief lock: run it again if it fails."""

    dependencies = [("people", "0002_forget_legacy_id")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL('ALTER TABLE "person" DROP COLUMN "legacy_id"', reverse_sql='ALTER TABLE "person" ADD COLUMN "legacy_id" integer NULL'),
    ]
