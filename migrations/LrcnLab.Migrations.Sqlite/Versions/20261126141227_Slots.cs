using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.Sqlite.Versions
{
    /// <inheritdoc />
    public partial class Slots : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Leases_Node_Slot",
                table: "Leases");

            migrationBuilder.AddColumn<string>(
                name: "DeviceAsked",
                table: "Runs",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "Auto");

            migrationBuilder.AddColumn<Guid>(
                name: "ProjectId",
                table: "Runs",
                type: "TEXT",
                nullable: false,
                defaultValue: new Guid("0193b5f0-0000-7000-8000-000000000001"));

            migrationBuilder.AddColumn<double>(
                name: "SecondsOnSlots",
                table: "Runs",
                type: "REAL",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<int>(
                name: "SlotsAsked",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.CreateTable(
                name: "LeaseSlots",
                columns: table => new
                {
                    Node = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Slot = table.Column<int>(type: "INTEGER", nullable: false),
                    RunId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeaseSlots", x => new { x.Node, x.Slot });
                    table.ForeignKey(
                        name: "FK_LeaseSlots_Leases_RunId",
                        column: x => x.RunId,
                        principalTable: "Leases",
                        principalColumn: "RunId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.Sql("""INSERT INTO "LeaseSlots" ("Node", "Slot", "RunId") SELECT "Node", "Slot", "RunId" FROM "Leases";""");

            migrationBuilder.Sql("""ALTER TABLE "Leases" DROP COLUMN "Slot";""");

            migrationBuilder.CreateTable(
                name: "Nodes",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Slots = table.Column<string>(type: "TEXT", nullable: false),
                    SeenAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Nodes", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "Projects",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Share = table.Column<double>(type: "REAL", nullable: false),
                    MostRunning = table.Column<int>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Projects", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Experiments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    MostRunning = table.Column<int>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Experiments", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Experiments_Projects_ProjectId",
                        column: x => x.ProjectId,
                        principalTable: "Projects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Sweeps",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    MostRunning = table.Column<int>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sweeps", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Sweeps_Projects_ProjectId",
                        column: x => x.ProjectId,
                        principalTable: "Projects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.InsertData(
                table: "Projects",
                columns: new[] { "Id", "CreatedAt", "MostRunning", "Name", "Share" },
                values: new object[] { new Guid("0193b5f0-0000-7000-8000-000000000001"), new DateTime(2026, 1, 1, 0, 0, 0, 0, DateTimeKind.Utc), null, "Default", 1.0 });

            // EF would copy the whole table, outside of the migration's transaction. A column that must have a value cannot get its foreign key without that.
            migrationBuilder.Sql("""ALTER TABLE "Runs" ADD COLUMN "ExperimentId" TEXT NULL REFERENCES "Experiments" ("Id") ON DELETE RESTRICT;""");

            migrationBuilder.Sql("""ALTER TABLE "Runs" ADD COLUMN "SweepId" TEXT NULL REFERENCES "Sweeps" ("Id") ON DELETE RESTRICT;""");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ExperimentId",
                table: "Runs",
                column: "ExperimentId");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ProjectId",
                table: "Runs",
                column: "ProjectId");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_SweepId",
                table: "Runs",
                column: "SweepId");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_State_Priority_ProjectId_ExperimentId_SweepId_DeviceAsked_SlotsAsked_QueueOrder_Id",
                table: "Runs",
                columns: new[] { "State", "Priority", "ProjectId", "ExperimentId", "SweepId", "DeviceAsked", "SlotsAsked", "QueueOrder", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Leases_Node",
                table: "Leases",
                column: "Node");

            migrationBuilder.CreateIndex(
                name: "IX_Experiments_ProjectId_Name",
                table: "Experiments",
                columns: new[] { "ProjectId", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_LeaseSlots_RunId",
                table: "LeaseSlots",
                column: "RunId");

            migrationBuilder.CreateIndex(
                name: "IX_Projects_Name",
                table: "Projects",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Sweeps_ProjectId_Name",
                table: "Sweeps",
                columns: new[] { "ProjectId", "Name" },
                unique: true);

        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Experiments");

            migrationBuilder.DropTable(
                name: "LeaseSlots");

            migrationBuilder.DropTable(
                name: "Nodes");

            migrationBuilder.DropTable(
                name: "Sweeps");

            migrationBuilder.DropTable(
                name: "Projects");

            migrationBuilder.DropIndex(
                name: "IX_Runs_State_Priority_ProjectId_ExperimentId_SweepId_DeviceAsked_SlotsAsked_QueueOrder_Id",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_ExperimentId",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_ProjectId",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_SweepId",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Leases_Node",
                table: "Leases");

            migrationBuilder.DropColumn(
                name: "DeviceAsked",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ExperimentId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ProjectId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "SecondsOnSlots",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "SlotsAsked",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "SweepId",
                table: "Runs");

            migrationBuilder.AddColumn<int>(
                name: "Slot",
                table: "Leases",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "IX_Leases_Node_Slot",
                table: "Leases",
                columns: new[] { "Node", "Slot" },
                unique: true);
        }
    }
}
